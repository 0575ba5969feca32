class StartError(Exception):
    """Why `recotem` cannot start; the message is a sentence for the person at it."""
