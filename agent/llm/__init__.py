"""Models: the only room that knows litellm. What others see are the types of `chat` and the errors of `errors`."""
