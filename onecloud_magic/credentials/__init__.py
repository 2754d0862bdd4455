"""The session's secrets: what they are, where they lie, and to whom they may be shown."""
