"""Two ways to use the model live: in the terminal (app.live) and on a page in the browser (app.web)."""
