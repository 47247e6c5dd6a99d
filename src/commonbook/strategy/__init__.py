"""What decides: the built-in compiled strategies and the verbs they use."""
