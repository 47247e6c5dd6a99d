"""Words of the whole project: codes, records, units, errors, compilation."""
