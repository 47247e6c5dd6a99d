"""Single orders in commonbook and in hftbacktest, compared fill by fill."""
