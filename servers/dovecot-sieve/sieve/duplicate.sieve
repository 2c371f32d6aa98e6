require ["duplicate"];

# The key is the Message-ID.
if duplicate {
    discard;
    stop;
}
