"""The command `workforce`, and what it prints."""
