"""Market data: bytes to tapes. Import the modules; this package imports nothing."""
