"""Two ways to use the model live: in the terminal (`live`) and on a page in the browser (`web`)."""
