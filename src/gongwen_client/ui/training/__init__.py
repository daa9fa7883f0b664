"""练习模式: the stripe over every window of it, and the wait while the training exchange is made."""
