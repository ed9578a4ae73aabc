"""Sign in with Microsoft: OpenID Connect by allauth, as Entra ID speaks it."""
