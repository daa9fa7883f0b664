"""印章与秘钥盘: what is plugged in, its state, its custody, its driver."""
