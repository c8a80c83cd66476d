"""Source text -> clean text: mark-up, odd characters, what is masked, what is replaced."""
