"""Sending and following what was sent (发送、接收情况、回执)."""
