"""Where the person types: the text, its history, what is completed as it is typed, and Lean's symbols."""
