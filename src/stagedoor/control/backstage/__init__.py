"""What operators and guests say to each other beside the show: commands, raised hands, chat."""
