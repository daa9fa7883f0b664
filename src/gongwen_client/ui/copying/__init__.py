"""副本: downloading copies, and checking the paper of originals (验真码)."""
