"""Reading a document: pages, verdict bar, panel of facts."""
