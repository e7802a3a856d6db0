package io.ekiden.proxy.http1;

import io.netty.buffer.ByteBuf;

/// What a request of a connection tells its backend of where it comes from: `Forwarded` (RFC 7239)
/// and the `X-Forwarded-` fields, of which all but the host are the same for every request.
public final class Origin {
    private static final byte[] END = Ascii.bytes("\r\n\r\n");

    private final String address;
    private final byte[] beforeHost;
    private final byte[] betweenHosts;

    /// @param address of the client
    /// @param scheme `http` or `https`
    /// @param port that the client connected to
    public Origin(String address, String scheme, int port) {
        this.address = address;
        this.beforeHost = Ascii.bytes("Forwarded: for=" + node(address) + ";host=\"");
        this.betweenHosts =
                Ascii.bytes(
                        "\";proto=%s\r\nX-Forwarded-For: %s\r\nX-Forwarded-Proto: %s\r\nX-Forwarded-Port: %d\r\nX-Forwarded-Host: "
                                .formatted(scheme, address, scheme, port));
    }

    /// An address as a node of the field `Forwarded`.
    public static String node(String address) {
        return address.indexOf(':') < 0 ? address : "\"[" + address + "]\"";
    }

    public String address() {
        return address;
    }

    int length() {
        return beforeHost.length + betweenHosts.length + END.length;
    }

    /// Writes the fields and the end of the section.
    void write(ByteBuf out, byte[] bytes, int hostFrom, int hostTo) {
        out.writeBytes(beforeHost);
        for (int i = hostFrom; i < hostTo; i++) {
            if (bytes[i] == '"' || bytes[i] == '\\') {
                out.writeByte('\\');
            }
            out.writeByte(bytes[i]);
        }
        out.writeBytes(betweenHosts);
        out.writeBytes(bytes, hostFrom, hostTo - hostFrom);
        out.writeBytes(END);
    }
}
