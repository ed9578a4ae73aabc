"""Exchange Online: Graph, EWS, and signing in to Microsoft."""
