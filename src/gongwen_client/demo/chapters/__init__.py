"""The chapters of the story, each with ``play(company)``, in the order of a clerk's day."""
