// 0.756 as "76%". Only exactly none is "0%", and only exactly all is "100%".
export function percent(share) {
  if (share > 0 && share < 0.01) return "<1%";
  if (share > 0.99 && share < 1) return ">99%";
  return `${Math.round(100 * share)}%`;
}

// 75.25 seconds as "1:15.3".
export function clock(seconds) {
  const tenths = Math.round(10 * seconds);
  const minutes = Math.floor(tenths / 600);
  const rest = ((tenths % 600) / 10).toFixed(1);
  return `${minutes}:${rest.padStart(4, "0")}`;
}
