"""The PC under the program: clock, folders, single instance, secrets of the session, printers."""
