"""From a configuration to engines: which portfolios share what."""
