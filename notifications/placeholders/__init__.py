"""The language of E-mail Notifications: texts, context, filters, budget, addresses."""
