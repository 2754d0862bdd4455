"""`%onecloud`, and the same commands in a shell.

A line becomes words (`words`), words a command and its arguments (`parse`), and these are carried
out (`line`). A command is a function in `session`, `reads`, `acts` or `about`.
"""
