"""What Python's notebook tools need to know about TypeScript."""
