"""Every screen under every fault that issue and rules name: the table, the stage, the scenes.

``table`` says for each screen and fault what shows it, ``stage`` is a town whose network, exchange, disk and
key go wrong on command, the ``scenes`` open each screen there with a person's act ready to be done.
"""
