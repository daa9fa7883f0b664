"""What the client's rooms talk about: rows, drafts, findings. Dataclasses and pure rules, no I/O."""
