"""From orders to fills: queues, batches, consumption, crossings, netting."""
