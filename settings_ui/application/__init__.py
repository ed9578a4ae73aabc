"""The section Microsoft Entra application: what it tells, a certificate made here, the script that
registers it."""
