"""The limit order book as arrays, and how events change it."""
