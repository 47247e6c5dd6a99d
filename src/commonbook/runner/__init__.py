"""From a configuration to results: read the data, lower the topology, simulate."""
