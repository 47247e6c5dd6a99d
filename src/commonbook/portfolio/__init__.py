"""From fills to money: positions, cash, fees, limits."""
