"""PDF files as far as seals need them: signature fields, revisions and what changed between two of them."""
