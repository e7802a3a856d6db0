package io.ekiden.proxy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// HAProxy's statistics in CSV, as monitoring reads them from marathon-lb: for each service port a
/// backend, named as marathon-lb names it (`shop_web_10000`), with a row for each endpoint and one
/// for all. What has no service port has its rows under its name alone.
///
/// The columns are those of HAProxy 1.7; one of which nothing is known here is empty, as HAProxy
/// leaves what does not apply. There are no rows of frontends: nothing is counted there.
final class HaproxyStats {
    private static final List<String> COLUMNS =
            List.of(
                    """
                    pxname,svname,qcur,qmax,scur,smax,slim,stot,bin,bout,dreq,dresp,ereq,econ,eresp,\
                    wretr,wredis,status,weight,act,bck,chkfail,chkdown,lastchg,downtime,qlimit,pid,\
                    iid,sid,throttle,lbtot,tracked,type,rate,rate_lim,rate_max,check_status,\
                    check_code,check_duration,hrsp_1xx,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,\
                    hrsp_other,hanafail,req_rate,req_rate_max,req_tot,cli_abrt,srv_abrt,comp_in,\
                    comp_out,comp_byp,comp_rsp,lastsess,last_chk,last_agt,qtime,ctime,rtime,ttime\
                    """
                            .split(",", -1));

    private static final String BACKEND = "1";
    private static final String SERVER = "2";

    private HaproxyStats() {}

    /// @param now in nanoseconds of the monotonic clock
    static String csv(RouteTable table, long now) {
        var csv = new StringBuilder("# ").append(String.join(",", COLUMNS)).append(",\n");
        int id = 1;
        for (var proxy : proxies(table).entrySet()) {
            write(csv, proxy.getKey(), id++, proxy.getValue(), now);
        }
        return csv.toString();
    }

    private static SortedMap<String, Route> proxies(RouteTable table) {
        var proxies = new TreeMap<String, Route>();
        table.ports()
                .forEach(
                        (port, route) -> proxies.put(route.runSpecId().flat() + "_" + port, route));
        var routed = new ArrayList<Backend>();
        proxies.values().forEach(route -> routed.addAll(route.all()));
        table.names().values().stream()
                .filter(route -> !routed.containsAll(route.all()))
                .forEach(route -> proxies.putIfAbsent(route.runSpecId().flat(), route));
        return proxies;
    }

    private static void write(StringBuilder csv, String name, int id, Route route, long now) {
        int server = 1;
        int up = 0;
        var sums = new Sums();
        for (var backend : route.all()) {
            boolean isUp = backend.accepting() && !backend.ejected(now);
            up += isUp ? 1 : 0;
            sums.add(backend);
            var row = row(name, serverName(backend), id, SERVER, new Sums().add(backend));
            row.put("sid", Integer.toString(server++));
            row.put("status", status(backend, isUp));
            row.put("weight", "1");
            row.put("act", isUp ? "1" : "0");
            row.put("bck", "0");
            write(csv, row);
        }
        var row = row(name, "BACKEND", id, BACKEND, sums);
        row.put("sid", "0");
        row.put("status", up > 0 ? "UP" : "DOWN");
        row.put("weight", Integer.toString(up));
        row.put("act", Integer.toString(up));
        row.put("bck", "0");
        write(csv, row);
    }

    /// As in marathon-lb, one that drains is in maintenance.
    private static String status(Backend backend, boolean isUp) {
        if (isUp) {
            return "UP";
        }
        return backend.accepting() ? "DOWN" : "MAINT";
    }

    private static String serverName(Backend backend) {
        return backend.host().replace('.', '_').replace(':', '_') + "_" + backend.port();
    }

    private static Map<String, String> row(
            String name, String server, int id, String type, Sums sums) {
        var row = new HashMap<String, String>();
        row.put("pxname", name);
        row.put("svname", server);
        row.put("type", type);
        row.put("pid", "1");
        row.put("iid", Integer.toString(id));
        row.put("qcur", "0");
        row.put("scur", Long.toString(sums.inFlight));
        row.put("stot", Long.toString(sums.requests));
        row.put("lbtot", Long.toString(sums.requests));
        row.put("econ", Long.toString(sums.unreached));
        row.put("eresp", Long.toString(sums.failures));
        return row;
    }

    private static void write(StringBuilder csv, Map<String, String> row) {
        COLUMNS.forEach(column -> csv.append(row.getOrDefault(column, "")).append(','));
        csv.append('\n');
    }

    /// Of one backend or several.
    private static final class Sums {
        private long inFlight;
        private long requests;
        private long unreached;
        private long failures;

        Sums add(Backend backend) {
            inFlight += backend.inFlight();
            requests += backend.requests();
            unreached += backend.unreached();
            failures += backend.failures() - backend.unreached();
            return this;
        }
    }
}
