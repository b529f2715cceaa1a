// nextflow run main.nf --plan PLAN --parts PARTS --workspace WORKSPACE --shards 8 [--kind slides] [-profile slurm]: see ../README.md.
params.lobule = 'lobule'
// What wrote the plan: encode, train or slides.
params.kind = 'encode'
params.shards = 8

process shard {
    // 143: the scheduler ended it; it continues where it stopped.
    errorStrategy { task.exitStatus in [137, 143] ? 'retry' : 'finish' }
    maxRetries 5

    input:
    val n

    output:
    val n

    script:
    """
    ${params.lobule} ${params.kind}-shard '${params.plan}' --shard ${n}/${params.shards} --out '${params.parts}'
    """
}

process collect {
    // The workspace is on a disk of this machine.
    executor 'local'

    input:
    val finished

    script:
    """
    ${params.lobule} ${params.kind}-collect '${params.plan}' '${params.parts}' --workspace '${params.workspace}'
    """
}

workflow {
    shard(channel.of(0..<params.shards.toInteger())).collect() | collect
}
