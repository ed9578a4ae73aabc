"""Stand in for Exchange Online: Entra ID, Microsoft Graph, EWS and mailboxes to look into."""
