// 0.756 as "76%". Only 0 is "0%", and only 1 is "100%". Rounds half to even, like Python's core.formatting.percent.
export function percent(fraction) {
  if (fraction > 0 && fraction < 0.01) return "<1%";
  if (fraction > 0.99 && fraction < 1) return ">99%";
  const exact = 100 * fraction;
  const isHalf = exact % 1 === 0.5;
  return `${isHalf ? 2 * Math.round(exact / 2) : Math.round(exact)}%`;
}

// 75.25 seconds as "1:15.3".
export function clock(seconds) {
  const tenths = Math.round(10 * seconds);
  const minutes = Math.floor(tenths / 600);
  const rest = ((tenths % 600) / 10).toFixed(1);
  return `${minutes}:${rest.padStart(4, "0")}`;
}
