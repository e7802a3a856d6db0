package io.ekiden.gateway.core;

import io.ekiden.json.PodJson;
import io.ekiden.model.PathId;
import io.ekiden.model.Pod;
import io.ekiden.model.Timestamps;
import io.ekiden.state.ClusterImage;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/// The reads of `/v2/pods`.
public final class PodViews {
    private PodViews() {}

    public static Answer list(ApiRequest request, ClusterImage image) {
        var pods = Answer.object().arrayNode();
        visible(request, image).forEach(pod -> pods.add(PodJson.write(pod)));
        return Answer.ok(pods);
    }

    private static Stream<Pod> visible(ApiRequest request, ClusterImage image) {
        return image.pods().stream().filter(pod -> request.sees(pod.id()));
    }

    public static Answer one(ApiRequest request, ClusterImage image) {
        return of(request, image, pod -> Answer.ok(PodJson.write(pod)).tagged(pod.version()));
    }

    private static Answer of(ApiRequest request, ClusterImage image, Function<Pod, Answer> answer) {
        return image.pod(request.id()).map(answer).orElseGet(() -> noPod(request.id()));
    }

    private static Answer noPod(PathId id) {
        return Failures.notFound("pod with %s does not exist".formatted(id));
    }

    public static Answer statuses(ApiRequest request, ClusterImage image) {
        var statuses = Answer.object().arrayNode();
        visible(request, image)
                .forEach(pod -> statuses.add(PodStatusJson.of(image, pod, request.now())));
        return Answer.ok(statuses);
    }

    public static Answer status(ApiRequest request, ClusterImage image) {
        return of(request, image, pod -> Answer.ok(PodStatusJson.of(image, pod, request.now())));
    }

    /// Newest first.
    public static Answer versions(ApiRequest request, ClusterImage image) {
        return of(
                request,
                image,
                pod -> {
                    var times = new TreeSet<Instant>(Comparator.reverseOrder());
                    times.add(pod.version());
                    image.versions(pod.id()).forEach(kept -> times.add(kept.spec().version()));
                    var versions = Answer.object().arrayNode();
                    times.forEach(time -> versions.add(Timestamps.format(time)));
                    return Answer.ok(versions);
                });
    }

    public static Answer version(ApiRequest request, ClusterImage image) {
        var text = request.part("version");
        var time = Timestamps.parse(text);
        if (time.isEmpty()) {
            return Failures.badTimestamp(text);
        }
        return of(
                request,
                image,
                pod ->
                        Optional.of(pod)
                                .filter(now -> now.version().equals(time.get()))
                                .or(() -> kept(image, pod.id(), time.get()))
                                .map(found -> Answer.ok(PodJson.write(found)))
                                .orElseGet(() ->
                                        Failures.notFound(
                                                "Pod '%s' does not exist in version %s"
                                                        .formatted(
                                                                pod.id(),
                                                                Timestamps.format(time.get())))));
    }

    private static Optional<Pod> kept(ClusterImage image, PathId id, Instant version) {
        return image.version(id, version).filter(Pod.class::isInstance).map(Pod.class::cast);
    }
}
