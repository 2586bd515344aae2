using Keyway.Shard.Commands.Geo;

namespace Keyway.Shard.Commands;

internal sealed unsafe partial class CommandRegistry
{
    partial void AddGeo()
    {
        Add("geoadd", &GeoCommands.GeoAdd);
        Add("geopos", &GeoCommands.GeoPos);
        Add("geohash", &GeoCommands.GeoHash);
        Add("geodist", &GeoCommands.GeoDist);
        Add("geosearch", &GeoSearchCommands.GeoSearch);
        Add("geosearchstore", &GeoSearchCommands.GeoSearchStore);
        Add("georadius", &GeoSearchCommands.GeoRadius);
        Add("georadius_ro", &GeoSearchCommands.GeoRadiusReadOnly);
        Add("georadiusbymember", &GeoSearchCommands.GeoRadiusByMember);
        Add("georadiusbymember_ro", &GeoSearchCommands.GeoRadiusByMemberReadOnly);
    }
}
