"""What client and exchange say to each other: messages, receipts, states, region profiles. No I/O."""
