"""Charts: Vega-Lite for topic pages, coordinates for the small ones of organisations, and the colours of both."""
