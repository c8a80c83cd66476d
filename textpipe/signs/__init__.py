"""What senders of spam do to a message: undone where it can be, and counted."""
