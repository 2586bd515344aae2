using System.Text.RegularExpressions;
using Keyway.Shard.Tests.Differential;

namespace Keyway.Shard.Tests.Commands.Geo;

/// <summary>The replies of geo commands beside those of a real redis-server, byte for byte.</summary>
public sealed class GeoScriptTests
{
    private const string Script = """
        A: GEOADD g 13.361389 38.115556 Palermo 15.087269 37.502669 Catania
        A: SET s v
        A: GEOADD g
        A: GEOADD g 1 2
        A: GEOADD g nx 1 2 3
        A: GEOADD g nx xx 1 2 3
        A: GEOADD g nx ch ch
        A: GEOADD g INCR 1 2 3
        A: GEOADD g GT 1 2 3
        A: GEOADD s 1 2 x 1 x y
        A: GEOADD s 1 2 x
        A: GEOADD g 181 0 x
        A: GEOADD g 1e300 nan x
        A: GEOADD g inf 0 x
        A: GEOADD g 180 85.05112878 max
        A: GEOADD g -180 -85.05112878 min
        A: GEOADD g 0 85.05112879 x
        A: GEOHASH g Palermo Catania max min nope
        A: GEOPOS g Palermo max min nope
        A: GEOPOS nokey a b
        A: GEOHASH nokey a
        A: GEOPOS s a
        A: GEOHASH s a
        A: GEODIST g Palermo Catania
        A: GEODIST g Palermo Catania km
        A: GEODIST g Palermo Catania KM
        A: GEODIST g Palermo Catania xx
        A: GEODIST g Palermo Catania km x
        A: GEODIST nokey a b xx
        A: GEODIST nokey a b
        A: GEODIST s a b
        A: GEODIST g a Catania
        A: GEORADIUS g 15 37 200 km WITHDIST WITHCOORD WITHHASH
        A: GEORADIUS g 15 37 200 km STORE d WITHDIST
        A: GEORADIUS g 15 37 200 km STORE d STOREDIST e
        A: GEORADIUS g 15 37 200 km STORE
        A: GEORADIUS g 15 37 -1 km
        A: GEORADIUS g 15 37 x km
        A: GEORADIUS g 15 37 200 xx
        A: GEORADIUS g 15 97 200 km
        A: GEORADIUS s 15 97 200 km
        A: GEORADIUS nokey 15 97 200 km
        A: GEORADIUS nokey 15 37 200 km
        A: GEORADIUS nokey 15 37 200 km STORE d
        A: GEORADIUS_RO g 15 37 200 km STORE d
        A: GEORADIUS g 15 37 200 km COUNT 0
        A: GEORADIUS g 15 37 200 km COUNT x
        A: GEORADIUS g 15 37 200 km COUNT
        A: GEORADIUS g 15 37 200 km ANY
        A: GEORADIUS g 15 37 200 km COUNT 1 ANY
        A: GEORADIUSBYMEMBER g nope 200 km
        A: GEORADIUSBYMEMBER g Palermo 200 km DESC
        A: GEORADIUSBYMEMBER nokey nope x xx
        A: GEORADIUSBYMEMBER nokey nope x xx foo
        A: GEORADIUSBYMEMBER nokey nope 200 km STORE d
        A: GEORADIUSBYMEMBER s nope 200 km
        A: GEOSEARCH g FROMMEMBER Palermo BYRADIUS 200 km ASC WITHDIST
        A: GEOSEARCH g FROMMEMBER Palermo FROMLONLAT 1 2 BYRADIUS 200 km
        A: GEOSEARCH g FROMMEMBER Palermo FROMMEMBER Catania BYRADIUS 200 km
        A: GEOSEARCH g FROMLONLAT 1 2 FROMMEMBER Palermo BYRADIUS 200 km
        A: GEOSEARCH g BYRADIUS 200 km ASC DESC
        A: GEOSEARCH g FROMMEMBER Palermo ASC DESC
        A: geoSearch g FROMMEMBER Palermo ASC DESC
        A: GEOSEARCH g FROMMEMBER nope BYRADIUS 200 km
        A: GEOSEARCH nokey FROMMEMBER nope BYRADIUS 200 km
        A: GEOSEARCH g FROMMEMBER Palermo BYBOX 400 400 km BYRADIUS 1 km
        A: GEOSEARCH g FROMMEMBER Palermo BYBOX 400 x km
        A: GEOSEARCH g FROMMEMBER Palermo BYBOX x x km
        A: GEOSEARCH g FROMMEMBER Palermo BYBOX 1 -1 xx
        A: GEOSEARCH g FROMMEMBER Palermo BYBOX 1 1 xx
        A: GEOSEARCH g FROMMEMBER Palermo BYBOX 400 400 km ASC
        A: GEOSEARCH g FROMMEMBER Palermo BYBOX 400 400 km STOREDIST
        A: GEOSEARCH g FROMMEMBER Palermo BYBOX 400 400 km STORE d
        A: GEOSEARCH g FROMMEMBER Palermo BYRADIUS nan km ASC
        A: GEOSEARCH g FROMMEMBER Palermo BYRADIUS inf km ASC
        A: GEOSEARCHSTORE d g FROMMEMBER Palermo BYBOX 400 400 km STOREDIST
        A: ZRANGE d 0 -1 WITHSCORES
        A: GEOSEARCHSTORE d g FROMMEMBER Palermo BYBOX 400 400 km WITHDIST
        A: GEOSEARCHSTORE d g BYBOX 400 400 km ANY
        A: GEOSEARCHSTORE d g FROMMEMBER Palermo BYBOX 400 400 km ANY
        A: GEOSEARCHSTORE d nokey FROMMEMBER Palermo BYBOX 400 400 km
        A: GEOSEARCHSTORE d g FROMMEMBER Palermo BYBOX 400 400 km STOREDIST STOREDIST
        A: GEOSEARCHSTORE d s FROMMEMBER Palermo BYBOX 400 400 km STOREDIST STOREDIST
        A: GEORADIUS g 15 37 200 km STORE d COUNT 1 ASC
        A: ZRANGE d 0 -1 WITHSCORES
        A: ZADD w 1 a -1 b inf c -inf d 1e300 e 4503599627370496 f 0 z 3377699720527872.5 h 9007199254740992 i 1.8446744073709552e19 j 9.3e18 k
        A: GEOPOS w a b c d e f z h i j k
        A: GEOHASH w a b c d e f z h i j k
        A: GEODIST w a b
        A: GEODIST w a z
        A: GEORADIUSBYMEMBER w a 1 km
        A: GEORADIUSBYMEMBER w z 1 km
        A: GEOSEARCH w FROMLONLAT 0 0 BYRADIUS 30000 km
        A: GEORADIUS g 15 37 200 km WITHDIST WITHCOORD WITHHASH
        A: GEOPOS g Palermo nope
        A: GEOPOS nokey nope
        A: GEODIST g Palermo Catania
        A: GEODIST g Palermo nope
        A: GEOHASH g nope Palermo
        """;

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Answers_as_redis_does(int protocol)
    {
        using var both = new SideBySide { Mask = text => Regex.Replace(text, @"\$2\\r\\nid\\r\\n:\d+", "id") };
        both.Play($"A: HELLO {protocol}");
        both.Play(Script);
    }
}
