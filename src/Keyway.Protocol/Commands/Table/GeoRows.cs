using Acl = Keyway.Protocol.Commands.AclCategories;
using static Keyway.Protocol.Commands.CommandFlags;
using static Keyway.Protocol.Commands.KeyAccess;

namespace Keyway.Protocol.Commands.Table;

/// <summary>Commands on places on the earth, kept in sorted sets.</summary>
internal static class GeoRows
{
    public static readonly RowGroup Group = new("geo", Acl.Geo,
    [
        new Row("geoadd", -5, Write | DenyOom).Key(1, RW | Update)
            .About("3.2.0", "O(log(N))", "Adds places to a geo index").Takes("key [NX | XX] [CH] (longitude:double latitude:double member)..."),
        new Row("geodist", -4, ReadOnly).Key(1, RO | Access)
            .About("3.2.0", "O(log(N))", "Tells the distance between two places").Takes("key member1 member2 [M | KM | FT | MI]"),
        new Row("geohash", -2, ReadOnly).Key(1, RO | Access)
            .About("3.2.0", "O(log(N))", "Gives places as geohash strings").Takes("key member..."),
        new Row("geopos", -2, ReadOnly).Key(1, RO | Access)
            .About("3.2.0", "O(N)", "Gives the longitude and latitude of places").Takes("key member..."),
        new Row("georadius", -6, Write | DenyOom | MovableKeys).Key(1, RO | Access).KeyAfter("STORE", 6, OW | Update)
            .KeyAfter("STOREDIST", 6, OW | Update).FoundBy(KeyRule.GeoStore)
            .About("3.2.0", "O(N+log(M))", "Places within a circle around a point; can store them")
            .Takes("key longitude:double latitude:double radius:double (M | KM | FT | MI) [WITHCOORD] [WITHDIST] [WITHHASH] " +
                "[COUNT count:int [ANY]] [ASC | DESC] [STORE key] [STOREDIST key]")
            .Deprecated("6.2.0", "GEOSEARCH and GEOSEARCHSTORE with BYRADIUS"),
        new Row("georadius_ro", -6, ReadOnly).Key(1, RO | Access)
            .About("3.2.10", "O(N+log(M))", "Places within a circle around a point")
            .Takes("key longitude:double latitude:double radius:double (M | KM | FT | MI) [WITHCOORD] [WITHDIST] [WITHHASH] " +
                "[COUNT count:int [ANY]] [ASC | DESC]")
            .Deprecated("6.2.0", "GEOSEARCH with BYRADIUS"),
        new Row("georadiusbymember", -5, Write | DenyOom | MovableKeys).Key(1, RO | Access).KeyAfter("STORE", 5, OW | Update)
            .KeyAfter("STOREDIST", 5, OW | Update).FoundBy(KeyRule.GeoStore)
            .About("3.2.0", "O(N+log(M))", "Places within a circle around another place; can store them")
            .Takes("key member radius:double (M | KM | FT | MI) [WITHCOORD] [WITHDIST] [WITHHASH] [COUNT count:int [ANY]] [ASC | DESC] " +
                "[STORE key] [STOREDIST key]")
            .Deprecated("6.2.0", "GEOSEARCH and GEOSEARCHSTORE with BYRADIUS and FROMMEMBER"),
        new Row("georadiusbymember_ro", -5, ReadOnly).Key(1, RO | Access)
            .About("3.2.10", "O(N+log(M))", "Places within a circle around another place")
            .Takes("key member radius:double (M | KM | FT | MI) [WITHCOORD] [WITHDIST] [WITHHASH] [COUNT count:int [ANY]] [ASC | DESC]")
            .Deprecated("6.2.0", "GEOSEARCH with BYRADIUS and FROMMEMBER"),
        new Row("geosearch", -7, ReadOnly).Key(1, RO | Access)
            .About("6.2.0", "O(N+log(M))", "Places within a circle or a box")
            .Takes("key (FROMMEMBER member | FROMLONLAT longitude:double latitude:double) (BYRADIUS radius:double (M | KM | FT | MI) | " +
                "BYBOX width:double height:double (M | KM | FT | MI)) [ASC | DESC] [COUNT count:int [ANY]] [WITHCOORD] [WITHDIST] [WITHHASH]"),
        new Row("geosearchstore", -8, Write | DenyOom).Key(1, OW | Update).Key(2, RO | Access)
            .About("6.2.0", "O(N+log(M))", "Stores the places within a circle or a box")
            .Takes("destination:key source:key (FROMMEMBER member | FROMLONLAT longitude:double latitude:double) (BYRADIUS radius:double " +
                "(M | KM | FT | MI) | BYBOX width:double height:double (M | KM | FT | MI)) [ASC | DESC] [COUNT count:int [ANY]] [STOREDIST]"),
    ]);
}
