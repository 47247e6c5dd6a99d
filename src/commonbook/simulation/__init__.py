"""The event loop: packets, messages in flight, timers, in one total order."""
