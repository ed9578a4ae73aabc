"""What people do on the pages, each act with the event that it leaves: `NUMBERED` with one thing,
`WITHOUT_NUMBER` with the whole."""
