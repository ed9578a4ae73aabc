"""The mailbox that mail leaves from: settings that count, Save, tokens, state, opening it."""
