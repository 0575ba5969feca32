"""The wire between Recotem's services: keys, slots, messages, shared settings."""
