"""Backtest many portfolios on one order book, isolated or competing."""
