package io.ekiden.proxy;

import io.ekiden.proxy.http1.Origin;
import io.ekiden.proxy.http1.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.core.net.impl.ShutdownEvent;
import java.net.InetSocketAddress;
import java.util.Optional;

/// A client's connection as long as all that comes by it are plain requests ([RequestHead]) for
/// plain routes, which pass here as bytes. At the first that is anything else, the connection with
/// all that is unread is handed over to what stands behind this in the pipeline, Vert.x, for good.
/// So whatever is malformed, refused or special is dealt with in one place, and not in this one.
// What a future of Netty says here, the handlers hear as well.
@SuppressWarnings("FutureReturnValueIgnored")
final class PlainClient extends ChannelInboundHandlerAdapter {
    /// For what passes: less work than Netty's own default, most for large bodies.
    static final ByteBufAllocator BUFFERS = PooledByteBufAllocator.DEFAULT;

    /// What may wait here behind the request in flight.
    private static final int MAX_AHEAD_BYTES = 64 << 10;

    private final Lane lane;
    private final Frontend frontend;
    private final Runnable whenHandedOver;
    private ChannelHandlerContext ctx;
    private Origin origin;
    private ByteBuf unread;
    private Optional<PlainExchange> exchange = Optional.empty();
    private long bodyLeft;
    private boolean looking;
    private boolean hasAsked;
    private boolean hasAskedAll;
    private boolean handedOver;
    private Optional<ShutdownEvent> shutdown = Optional.empty();
    private long since;

    PlainClient(Lane lane, Frontend frontend, Runnable whenHandedOver) {
        this.lane = lane;
        this.frontend = frontend;
        this.whenHandedOver = whenHandedOver;
        this.since = lane.now();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        this.ctx = ctx;
        ctx.channel().config().setAllocator(BUFFERS);
        lane.began(this);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        lane.ended(this);
    }

    Origin origin() {
        if (origin == null) {
            origin = ofChannel();
        }
        return origin;
    }

    /// Behind a proxy that says so, the connection is of whom that names.
    private Origin ofChannel() {
        var channel = ctx.channel();
        var from = channel.attr(ConnectionBase.REMOTE_ADDRESS_OVERRIDE).get();
        var to = channel.attr(ConnectionBase.LOCAL_ADDRESS_OVERRIDE).get();
        var remote = (InetSocketAddress) channel.remoteAddress();
        var local = (InetSocketAddress) channel.localAddress();
        return new Origin(
                from == null ? remote.getAddress().getHostAddress() : from.hostAddress(),
                channel.pipeline().get(SslHandler.class) == null ? "http" : "https",
                to == null ? local.getPort() : to.port());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof ByteBuf bytes) || handedOver) {
            ctx.fireChannelRead(message);
            return;
        }
        unread =
                unread == null
                        ? bytes
                        : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(BUFFERS, unread, bytes);
        sendBody();
        look();
        if (exchange.isPresent() && unread != null && unread.readableBytes() > MAX_AHEAD_BYTES) {
            read(false);
        }
    }

    /// Passes on what is there of a body, or drops it when nobody waits for it any more.
    void sendBody() {
        if (bodyLeft == 0
                || unread == null
                || (exchange.isPresent() && !exchange.get().takesBody())) {
            return;
        }
        int length = (int) Math.min(bodyLeft, unread.readableBytes());
        bodyLeft -= length;
        var bytes = unread.readRetainedSlice(length);
        releaseIfRead();
        exchange.ifPresentOrElse(open -> open.body(bytes), bytes::release);
    }

    private void releaseIfRead() {
        if (!unread.isReadable()) {
            unread.release();
            unread = null;
        }
    }

    /// Begins with the next request, if nothing is in flight.
    private void look() {
        if (looking) {
            return;
        }
        looking = true;
        while (exchange.isEmpty() && bodyLeft == 0 && unread != null && !handedOver) {
            if (hasAskedAll) {
                unread.release();
                unread = null;
                break;
            }
            var head = lane.requestHead();
            switch (head.read(unread)) {
                case UNFINISHED -> {
                    looking = false;
                    return;
                }
                case PLAIN -> {
                    var lookup = lane.lookup(frontend, head);
                    lookup.next()
                            .ifPresentOrElse(route -> begin(head, route, lookup), this::handOver);
                }
                case MALFORMED -> {
                    hasAskedAll = true;
                    refuse(Refusal.malformedRequest(), false);
                }
                case OTHER -> handOver();
            }
        }
        looking = false;
    }

    private void begin(RequestHead head, Route route, Lookup lookup) {
        hasAsked = true;
        hasAskedAll = head.isLast();
        bodyLeft = head.contentLength();
        var next = new PlainExchange(lane, this, route, head);
        unread.skipBytes(head.length());
        releaseIfRead();
        exchange = Optional.of(next);
        next.start(lookup);
    }

    private void handOver() {
        handedOver = true;
        var rest = unread;
        unread = null;
        whenHandedOver.run();
        ctx.pipeline().remove(this);
        ctx.fireChannelRead(rest);
        ctx.fireChannelReadComplete();
    }

    /// Whether the connection ends with the answer to the request in flight.
    boolean isLast() {
        return hasAskedAll || shutdown.isPresent();
    }

    boolean isWritable() {
        return ctx.channel().isWritable();
    }

    void read(boolean on) {
        ctx.channel().config().setAutoRead(on);
    }

    void write(ByteBuf bytes) {
        ctx.write(bytes);
    }

    void flush() {
        ctx.flush();
    }

    /// The request in flight is answered.
    void answered() {
        exchange = Optional.empty();
        since = lane.now();
        if (isLast()) {
            ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            return;
        }
        ctx.flush();
        read(true);
        sendBody();
        look();
    }

    /// Answers the request in flight.
    void refuse(Refusal refusal, boolean withoutBody) {
        var text = refusal.reason() + "\n";
        var out = BUFFERS.buffer();
        ByteBufUtil.writeAscii(
                out, "HTTP/1.1 " + HttpResponseStatus.valueOf(refusal.status()) + "\r\n");
        refusal.fields()
                .forEach((name, value) -> ByteBufUtil.writeUtf8(out, name + ": " + value + "\r\n"));
        if (isLast()) {
            ByteBufUtil.writeAscii(out, "Connection: close\r\n");
        }
        ByteBufUtil.writeAscii(out, "Content-Length: " + ByteBufUtil.utf8Bytes(text) + "\r\n\r\n");
        if (!withoutBody) {
            ByteBufUtil.writeUtf8(out, text);
        }
        ctx.write(out);
        answered();
    }

    /// Closes at once, whatever is still to be written.
    void cut() {
        exchange = Optional.empty();
        Lane.cut(ctx.channel());
    }

    /// Ends what has been silent for too long.
    void sweep(long now, ProxyConfig.Timeouts timeouts) {
        var patience = hasAsked ? timeouts.idle() : timeouts.header();
        if (exchange.isPresent()) {
            exchange.get().sweep(now);
        } else if (now - since > patience.toNanos()) {
            cut();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        exchange.ifPresent(open -> open.clientWritable(isWritable()));
        ctx.fireChannelWritabilityChanged();
    }

    /// The listener ends: what is in flight is answered first.
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ShutdownEvent end && exchange.isPresent()) {
            shutdown = Optional.of(end);
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        var open = exchange;
        exchange = Optional.empty();
        open.ifPresent(PlainExchange::clientGone);
        if (unread != null) {
            unread.release();
            unread = null;
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
