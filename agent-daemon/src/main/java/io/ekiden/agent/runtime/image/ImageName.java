package io.ekiden.agent.runtime.image;

import java.util.Set;

/// An image's name in its parts. Without a tag it is the latest.
///
/// @param tag or a digest
public record ImageName(String repository, String tag) {
    private static final String LATEST = "latest";
    private static final String HUB = "docker.io";
    private static final Set<String> NAMES_OF_HUB =
            Set.of("index.docker.io", "registry-1.docker.io");

    public static ImageName of(String image) {
        int digest = image.indexOf('@');
        if (digest >= 0) {
            // A tag beside a digest says nothing more.
            var named = of(image.substring(0, digest));
            return new ImageName(named.repository(), image.substring(digest + 1));
        }
        int colon = image.lastIndexOf(':');
        return colon > image.lastIndexOf('/')
                ? new ImageName(image.substring(0, colon), image.substring(colon + 1))
                : new ImageName(image, LATEST);
    }

    boolean isDigest() {
        return tag.indexOf(':') >= 0;
    }

    /// The image that has this digest.
    ImageName at(String digest) {
        return new ImageName(repository, digest);
    }

    /// As images are named again.
    String text() {
        return repository + (isDigest() ? "@" : ":") + tag;
    }

    /// The registry that has it: Docker's own, unless the name begins with another.
    public String registry() {
        int slash = repository.indexOf('/');
        var first = slash < 0 ? "" : repository.substring(0, slash);
        boolean host =
                first.indexOf('.') >= 0 || first.indexOf(':') >= 0 || first.equals("localhost");
        return host ? registry(first) : HUB;
    }

    /// Docker's own has several names.
    public static String registry(String host) {
        return NAMES_OF_HUB.contains(host) ? HUB : host;
    }
}
