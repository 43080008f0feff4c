/** A thread that ends as soon as it starts. */
throw new Error("no key file");
